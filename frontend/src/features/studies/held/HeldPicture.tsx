/** One frame of a held image, and the boxes drawn over it with the mouse. */
import { Button } from '@mantine/core';
import { type CSSProperties, type PointerEvent, useRef, useState } from 'react';
import { type HeldImage, heldFrameUrl } from '../../../api/deidentification';
import { t } from '../../../words/t';
import { type Box, boxBetween } from './boxes';
import styles from './Held.module.css';

interface Props {
  image: HeldImage;
  frameNumber: number;
  boxes: readonly Box[];
  chosen: number | null;
  isBright: boolean;
  onSeen: () => void;
  onChoose: (index: number) => void;
  onDraw: (box: Box) => void;
}

interface Point {
  x: number;
  y: number;
}

export function HeldPicture({ image, frameNumber, boxes, chosen, ...props }: Props) {
  const { isBright, onSeen, onChoose, onDraw } = props;
  const area = useRef<SVGSVGElement>(null);
  const [attempt, setAttempt] = useState(0);
  const [failedFrame, setFailedFrame] = useState<number | null>(null);
  const [drag, setDrag] = useState<{ from: Point; to: Point } | null>(null);
  const pointOf = (event: PointerEvent): Point => {
    const bounds = area.current?.getBoundingClientRect();
    if (!bounds) return { x: 0, y: 0 };
    return {
      x: ((event.clientX - bounds.left) / bounds.width) * image.columns,
      y: ((event.clientY - bounds.top) / bounds.height) * image.rows,
    };
  };
  const finish = () => {
    const box = drag && boxBetween(drag.from, drag.to, image);
    if (box && box.width > 2 && box.height > 2) onDraw(box);
    setDrag(null);
  };
  const drawn = drag && boxBetween(drag.from, drag.to, image);
  const shape = { '--columns': image.columns, '--rows': image.rows } as CSSProperties;
  if (failedFrame === frameNumber)
    return (
      <div className={styles.stage} role="alert">
        <div className={styles.failed}>
          <p>
            {t(
              'This frame could not be loaded. Nothing was decided; an image is released only once it has been seen.',
            )}
          </p>
          <Button
            variant="default"
            onClick={() => {
              setFailedFrame(null);
              setAttempt(attempt + 1);
            }}
          >
            {t('Try again')}
          </Button>
        </div>
      </div>
    );
  return (
    <div className={styles.stage}>
      <div className={styles.frame} style={shape}>
        <img
          key={attempt}
          className={`${styles.picture} ${isBright ? styles.bright : ''}`}
          src={heldFrameUrl(image.id, frameNumber)}
          alt={t('Frame {frameNumber} of {frameCount}, not released', {
            frameNumber,
            frameCount: image.frame_count,
          })}
          draggable={false}
          onLoad={onSeen}
          onError={() => setFailedFrame(frameNumber)}
        />
        <svg
          ref={area}
          className={styles.boxes}
          viewBox={`0 0 ${image.columns} ${image.rows}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t('{count} boxes to black out', { count: boxes.length })}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            const point = pointOf(event);
            setDrag({ from: point, to: point });
          }}
          onPointerMove={(event) => drag && setDrag({ ...drag, to: pointOf(event) })}
          onPointerUp={finish}
          onPointerCancel={() => setDrag(null)}
        >
          {boxes.map((box, index) => (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: two boxes may be the same
              key={index}
              {...box}
              className={index === chosen ? styles.chosen : styles.box}
              onPointerDown={() => onChoose(index)}
            />
          ))}
          {drawn && <rect {...drawn} className={styles.chosen} />}
        </svg>
      </div>
    </div>
  );
}
