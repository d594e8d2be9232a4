/** The other languages, each in its own words, before anyone is signed in. */
import { Button, Group } from '@mantine/core';
import { follow, LANGUAGE_TAGS, LANGUAGES, language } from '../../words/language';

export function LanguageChoice() {
  return (
    <Group justify="center" mt="lg">
      {LANGUAGE_TAGS.filter((tag) => tag !== language).map((tag) => (
        <Button key={tag} lang={tag} variant="subtle" color="gray" onClick={() => follow(tag)}>
          {LANGUAGES[tag].name}
        </Button>
      ))}
    </Group>
  );
}
