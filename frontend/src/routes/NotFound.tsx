/** Not there, or not for this person: the two look the same. */
import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../ui/EmptyState';
import { PageHeader } from '../ui/PageHeader';
import { t } from '../words/t';
import { useNothingHere } from './titles';

export function NotFound() {
  useNothingHere();
  return (
    <>
      <PageHeader title={t('Nothing is here')} />
      <EmptyState
        icon={<IconMapOff size={28} aria-hidden="true" />}
        title={t('No page at this address')}
        text={t(
          'The address is wrong, or it was removed, or it belongs to a project you are not in.',
        )}
        action={
          <Button component={Link} to="/">
            {t('Go to the start')}
          </Button>
        }
      />
    </>
  );
}
