/** The images of a study in reading order, each with a name a person can choose it by. */
import type { InstanceDetail, StudyDetail } from '../../api/studies';
import { t } from '../../words/t';

export interface NamedInstance {
  title: string;
  detail: InstanceDetail;
}

export function instancesOf(study: Pick<StudyDetail, 'series'>): NamedInstance[] {
  return study.series.flatMap((series, index) =>
    [...series.instances]
      .sort((one, other) => (one.instance_number ?? 0) - (other.instance_number ?? 0))
      .map((detail, place) => ({
        title: titleOf(series.series_number ?? index + 1, detail, place + 1),
        detail,
      })),
  );
}

function titleOf(series: number, detail: InstanceDetail, place: number): string {
  const frames =
    detail.frame_count > 1
      ? `, ${t('{count, plural, one {# frame} other {# frames}}', { count: detail.frame_count })}`
      : '';
  return t('Series {series}, image {image}{frames}', {
    series,
    image: detail.instance_number ?? place,
    frames,
  });
}
