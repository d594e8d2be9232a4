/** Not there, or not for this person: the two look the same. */
import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../ui/EmptyState';
import { PageHeader } from '../ui/PageHeader';

export function NotFound() {
  return (
    <>
      <PageHeader title="Nothing is here" />
      <EmptyState
        icon={<IconMapOff size={28} aria-hidden="true" />}
        title="No page at this address"
        text="The address is wrong, or it was removed, or it belongs to a project you are not in."
        action={
          <Button component={Link} to="/">
            Go to the start
          </Button>
        }
      />
    </>
  );
}
