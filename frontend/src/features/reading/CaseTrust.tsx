/** How far the case can be measured, beside its name; the reasons unfold below. */
import { Popover, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { geometryQuery } from '../../api/studies';
import { spoken } from '../../ui/format';
import { GeometryReports } from '../../ui/GeometryReports';
import { TrustBadge } from '../../ui/TrustBadge';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';

export function CaseTrust({ studyId }: { readonly studyId: string }) {
  const { data } = useQuery(geometryQuery(studyId));
  if (!data) return null;
  return (
    <Popover position="bottom-start" width={360} withinPortal shadow="none">
      <Popover.Target>
        <UnstyledButton
          aria-label={t('Geometry: {trust}', {
            trust: data.trust ? spoken(data.trust) : t('being checked'),
          })}
          onMouseDown={keepFocus}
        >
          <TrustBadge trust={data.trust} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <GeometryReports series={data.series} />
      </Popover.Dropdown>
    </Popover>
  );
}
