/** The boxes a person is drawing on one held image, and what every key does to them. */
import { useMemo, useState } from 'react';
import type { HeldImage } from '../../../api/deidentification';
import type { Command } from '../../../commands/registry';
import { useCommands } from '../../../commands/useCommands';
import { t } from '../../../words/t';
import { type Box, firstBox, fromNumbers, moved, resized } from './boxes';

const STEP_PIXELS = 8;
const MOVES = {
  left: t('Move the box left'),
  right: t('Move the box right'),
  up: t('Move the box up'),
  down: t('Move the box down'),
};
const CORNER_MOVES = {
  left: t('Move its lower right corner left'),
  right: t('Move its lower right corner right'),
  up: t('Move its lower right corner up'),
  down: t('Move its lower right corner down'),
};
const SECTION = t('Text in pixels');

export interface HeldDoings {
  release: (boxes: readonly Box[], wholeSeries: boolean) => void;
  remove: () => void;
  next: () => void;
  previous: () => void;
}

export function useHeldWork(image: HeldImage, doings: HeldDoings) {
  const [boxes, setBoxes] = useState<Box[]>(() => image.found_boxes.map(fromNumbers));
  const [chosen, setChosen] = useState<number | null>(boxes.length > 0 ? 0 : null);
  const [frameNumber, setFrameNumber] = useState(Math.ceil((image.frame_count + 1) / 2));
  const [wholeSeries, setWholeSeries] = useState(false);
  const [isBright, setBright] = useState(false);
  const [isSeen, setSeen] = useState(false);
  const [isSure, setSure] = useState(false);

  const add = (box: Box) => {
    setBoxes([...boxes, box]);
    setChosen(boxes.length);
  };
  const change = (how: (box: Box) => Box) =>
    setBoxes(boxes.map((box, index) => (index === chosen ? how(box) : box)));
  const dropChosen = () => {
    setBoxes(boxes.filter((_, index) => index !== chosen));
    setChosen(boxes.length > 1 ? 0 : null);
  };
  const turn = (by: number) =>
    setFrameNumber(Math.min(Math.max(frameNumber + by, 1), image.frame_count));
  /** Nothing is released that was not on the screen. */
  const release = () => isSeen && doings.release(boxes, wholeSeries);
  /** There is no way back, so the first press only asks. */
  const remove = () => (isSure ? doings.remove() : setSure(true));

  // biome-ignore lint/correctness/useExhaustiveDependencies: everything above follows from these
  const commands = useMemo(() => {
    const one = (id: string, title: string, shortcut: string, run: () => void): Command => ({
      id: `held.${id}`,
      title,
      section: SECTION,
      shortcut,
      run,
    });
    const arrows = (['left', 'right', 'up', 'down'] as const).flatMap((side) => {
      const dx = { left: -STEP_PIXELS, right: STEP_PIXELS, up: 0, down: 0 }[side];
      const dy = { up: -STEP_PIXELS, down: STEP_PIXELS, left: 0, right: 0 }[side];
      return [
        one(`move.${side}`, MOVES[side], side, () => change((box) => moved(box, dx, dy, image))),
        one(`size.${side}`, CORNER_MOVES[side], `shift+${side}`, () =>
          change((box) => resized(box, dx, dy, image)),
        ),
      ];
    });
    return [
      one('release', t('Release with these boxes black'), 'enter', release),
      one('add', t('Add a box'), 'b', () => add(firstBox(image))),
      one('choose', t('Choose the next box'), 'c', () =>
        setChosen(boxes.length === 0 ? null : ((chosen ?? -1) + 1) % boxes.length),
      ),
      one('drop', t('Remove the chosen box'), 'delete', dropChosen),
      one('series', t('The same for the whole series'), 's', () => setWholeSeries(!wholeSeries)),
      one('next', t('Next image'), 'j', doings.next),
      one('previous', t('Previous image'), 'k', doings.previous),
      one('frame.next', t('Next frame'), '.', () => turn(1)),
      one('frame.previous', t('Previous frame'), ',', () => turn(-1)),
      one('bright', t('Show dark parts brighter'), 'i', () => setBright(!isBright)),
      one('delete', t('Delete this image for good'), 'shift+delete', remove),
      ...arrows,
    ];
  }, [image, boxes, chosen, frameNumber, wholeSeries, isBright, isSeen, isSure, doings]);
  useCommands('held', commands);

  return {
    boxes, chosen, frameNumber, wholeSeries, isBright, isSeen, isSure, add, dropChosen, release,
    remove, turn, setChosen, setWholeSeries, setBright, setSeen,
  }; // biome-ignore format: one line reads better
}
