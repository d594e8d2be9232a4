/** The language of the interface, kept with the account. */
import { Select, Stack } from '@mantine/core';
import { Failed } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { LANGUAGE_TAGS, LANGUAGES, language } from '../../words/language';
import { t } from '../../words/t';
import { useChangeLanguage } from './useOwnLanguage';

const CHOICES = LANGUAGE_TAGS.map((tag) => ({ value: tag, label: LANGUAGES[tag].name }));

export function LanguagePart() {
  const change = useChangeLanguage();
  return (
    <Panel title={t('Language')}>
      <Stack gap="md" align="flex-start">
        <Select
          label={t('Language of the interface')}
          description={t('Kept with your account; the page is loaded anew.')}
          w={280}
          data={CHOICES}
          value={change.variables ?? language}
          allowDeselect={false}
          disabled={change.isPending}
          onChange={(next) => next && change.mutate(next)}
        />
        <Failed error={change.error} />
      </Stack>
    </Panel>
  );
}
