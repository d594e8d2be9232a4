/** E-mail and password; used for the page and for the panel over a page whose session ended. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { signIn } from '../../api/access';
import { asProblem } from '../../api/problem';
import { ProblemPanel } from '../../ui/ProblemPanel';
import { t } from '../../words/t';

interface Props {
  email?: string;
  onSignedIn: () => void;
}

export function SignInForm({ email: knownEmail = '', onSignedIn }: Props) {
  const client = useQueryClient();
  const [email, setEmail] = useState(knownEmail);
  const [password, setPassword] = useState('');
  const attempt = useMutation({
    mutationFn: () => signIn(client, email.trim(), password),
    onSuccess: onSignedIn,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          size="sm"
          label={t('E-mail')}
          type="email"
          autoComplete="username"
          required
          autoFocus={knownEmail === ''}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          size="sm"
          label={t('Password')}
          autoComplete="current-password"
          required
          autoFocus={knownEmail !== ''}
          data-autofocus={knownEmail !== '' || undefined}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {attempt.isError && <ProblemPanel problem={signInProblem(attempt.error)} />}
        <Button type="submit" size="sm" loading={attempt.isPending}>
          {t('Sign in')}
        </Button>
      </Stack>
    </form>
  );
}

/** A refused sign-in says nothing about which of the two was wrong. */
function signInProblem(error: unknown) {
  const problem = asProblem(error);
  if (problem.status !== 401 && problem.status !== 422) return problem;
  return {
    status: 422,
    code: 'sign-in-refused',
    title: t('E-mail or password is not right'),
    detail: '',
  };
}
