/** Covers a page whose session ended; the page and what was entered stay as they are. */
import { Modal, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../../api/access';
import { useSignInState } from '../../api/client';
import { t } from '../../words/t';
import { SignInForm } from './SignInForm';

export function SignedOutPanel() {
  const client = useQueryClient();
  const isSignedOut = useSignInState((state) => state.isSignedOut);
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  return (
    <Modal
      opened={isSignedOut}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      title={t('Your session has ended')}
      centered
    >
      <Text size="sm" c="dimmed" mb="md">
        {t('Sign in again. This page and what you entered on it stay as they are.')}
      </Text>
      <SignInForm email={session?.user.email} onSignedIn={() => void client.invalidateQueries()} />
    </Modal>
  );
}
