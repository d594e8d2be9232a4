/** What is laid over the image, what could be, and in which colours. */
import { NumberInput } from '@mantine/core';
import { useMemo } from 'react';
import { CommandKey } from '../../commands/CommandKey';
import { COLOUR_MAPS, type ColourMap, endsFor, gradientOf, MAPS } from '../../viewer/colourMaps';
import type { Series } from '../../viewer/frames';
import { measureOf } from '../../viewer/overlayStack';
import { shownUnit } from '../../viewer/shownValues';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import {
  type Candidate,
  candidatesFor,
  changeLook,
  layOver,
  lookOf,
  setColours,
  useFusion,
} from './fusion';
import { seriesIn, useArranged } from './layout';
import styles from './Panel.module.css';
import { SliderRow } from './SliderRow';
import { seriesName } from './useOverlays';

/** `all` are the series of the case and of the study beside it. */
export function FusionPanel({ all }: { readonly all: readonly Series[] }) {
  const { cells, active } = useArranged();
  const isAsked = useFusion((fusion) => fusion.isAsked);
  const colours = useFusion((fusion) => fusion.colours);
  const cell = cells[active];
  const base = seriesIn(all, cell);
  const own = base ? (colours[base.series_uid] ?? null) : null;
  const isOpen = base && !cell?.isVolume && (cell?.overlayUid || isAsked || own);
  if (!isOpen) return null;
  return (
    <section className={styles.section} aria-labelledby="overlay">
      <h2 id="overlay" className={styles.heading}>
        {t('Overlay')} <CommandKey id="overlay.toggle" />
      </h2>
      <Choice base={base} all={all} overlayUid={cell?.overlayUid} />
      {cell?.overlayUid ? (
        <LookOf series={all.find(({ series_uid }) => series_uid === cell.overlayUid)} />
      ) : (
        <Maps
          chosen={own}
          withGrey
          title={t('Colours of this series')}
          onChoose={(map) => setColours(base.series_uid, map)}
        />
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly base: Series;
  readonly all: readonly Series[];
  readonly overlayUid: string | undefined;
}

function Choice({ base, all, overlayUid }: ChoiceProps) {
  const candidates = useMemo(() => candidatesFor(base, all), [base, all]);
  const usable = candidates.filter(({ reason }) => reason === null);
  const refused = candidates.filter(({ reason }) => reason !== null);
  return (
    <>
      <div className={styles.overlays}>
        {usable.map(({ series }) => {
          const isOn = series.series_uid === overlayUid;
          return (
            <button
              key={series.series_uid}
              type="button"
              className={styles.edit}
              aria-pressed={isOn}
              onMouseDown={keepFocus}
              onClick={() => layOver(isOn ? null : series)}
            >
              {seriesName(series)}
            </button>
          );
        })}
      </div>
      {candidates.length === 0 && (
        <p className={styles.muted}>{t('There is no other series to lay over this one.')}</p>
      )}
      {refused.map((one) => (
        <Refused key={one.series.series_uid} {...one} />
      ))}
    </>
  );
}

const Refused = ({ series, reason }: Candidate) => (
  <p className={styles.muted}>
    <b>{seriesName(series)}</b> {reason}
  </p>
);

function LookOf({ series }: { readonly series: Series | undefined }) {
  const look = useFusion((fusion) => (series ? lookOf(series.series_uid, fusion) : null));
  const measure = series && measureOf(series.frames);
  if (!series || !look || !measure) return null;
  const factor = measure.suvFactor ?? 1;
  const unit = shownUnit(measure);
  const ends = look.ends && endsFor(look.map, look.ends);
  const change = (side: 'low' | 'high', value: number) => {
    if (!ends || !Number.isFinite(value)) return;
    const next = { ...ends, [side]: value / factor };
    if (MAPS[look.map].isSigned) changeLook(series.series_uid, { ends: mirrored(value / factor) });
    else if (next.low < next.high) changeLook(series.series_uid, { ends: next });
  };
  return (
    <div className={styles.brush}>
      <SliderRow
        name={t('Opacity of the overlay')}
        from={0.1}
        to={1}
        step={0.1}
        value={look.opacity}
        onChange={(opacity) => changeLook(series.series_uid, { opacity })}
      >
        {t('Overlay opacity')} <CommandKey id="overlay.less" /> <CommandKey id="overlay.more" />{' '}
        <b>{Math.round(look.opacity * 100)} %</b>
      </SliderRow>
      <span>{unit ? t('Colours from, to, in {unit}', { unit }) : t('Colours from, to')}</span>
      {ends && (
        <div className={styles.range}>
          {(['low', 'high'] as const).map((side) => (
            <NumberInput
              key={side}
              size="xs"
              aria-label={side === 'low' ? t('Lowest value') : t('Highest value')}
              decimalScale={3}
              value={Number((ends[side] * factor).toFixed(3))}
              onChange={(value) => value !== '' && change(side, Number(value))}
            />
          ))}
        </div>
      )}
      <Maps
        chosen={look.map}
        title={t('Colour map')}
        onChoose={(map) => map && changeLook(series.series_uid, { map })}
      />
    </div>
  );
}

const mirrored = (value: number) => ({ low: -Math.abs(value), high: Math.abs(value) });

interface MapsProps {
  readonly chosen: ColourMap | null;
  readonly withGrey?: boolean;
  readonly title: string;
  readonly onChoose: (map: ColourMap | null) => void;
}

function Maps({ chosen, withGrey, title, onChoose }: MapsProps) {
  const maps = withGrey ? [null, ...COLOUR_MAPS] : COLOUR_MAPS;
  return (
    <fieldset className={styles.maps} aria-label={title}>
      <span>
        {title} <CommandKey id="overlay.map" />
      </span>
      {maps.map((map) => (
        <button
          key={map ?? 'grey'}
          type="button"
          className={styles.edit}
          aria-pressed={map === chosen}
          onMouseDown={keepFocus}
          onClick={() => onChoose(map)}
        >
          <i style={{ background: map ? gradientOf(map) : GREY }} />
          {map ? MAPS[map].name : t('Grey')}
        </button>
      ))}
    </fieldset>
  );
}

const GREY = 'linear-gradient(to top, #000, #fff)'; // not shown
