import { describe, expect, it, vi } from 'vitest';
import type { HuntMatch } from '../../api/hunts';
import { huntCommands, movable } from './huntCommands';

const match = (rank: number, more: Partial<HuntMatch> = {}): HuntMatch => ({
  rank,
  likeness: 0.5,
  task_id: `task ${rank}`,
  study_id: `study ${rank}`,
  pseudonym: `P-${rank}`,
  modality: 'DX',
  picture_url: '/picture',
  x: 0.5,
  y: 0.5,
  is_open: true,
  is_first: false,
  ...more,
});

function situation(matches: HuntMatch[], active = 0, may = { canRead: true, canOrder: true }) {
  const calls = { mark: vi.fn(), read: vi.fn(), first: vi.fn() };
  const commands = huntCommands({ matches, active, ...may, ...calls });
  const command = (id: string) => {
    const found = commands.find((one) => one.id === `hunt.${id}`);
    if (!found) throw new Error(id);
    return found;
  };
  return { ...calls, command };
}

describe('the keys of a hunt', () => {
  it('reads the marked case and moves along without leaving the list', () => {
    const { command, mark, read } = situation([match(1), match(2)], 1);
    command('read').run();
    expect(read).toHaveBeenCalledWith(expect.objectContaining({ rank: 2 }));
    command('down').run();
    command('up').run();
    expect(mark.mock.calls).toEqual([[1], [0]]);
  });

  it('offers neither reading nor moving where that is not to be had', () => {
    const taken = situation([match(1, { is_open: false })]);
    expect(taken.command('read').isEnabled?.()).toBe(false);
    expect(taken.command('first').isEnabled?.()).toBe(false);
    const reader = situation([match(1)], 0, { canRead: true, canOrder: false });
    expect(reader.command('first').isEnabled?.()).toBe(false);
    expect(situation([]).command('down').isEnabled?.()).toBe(false);
  });

  it('moves open cases to the front once', () => {
    const rest = movable([match(1), match(2, { is_first: true }), match(3, { is_open: false })]);
    expect(rest.map(({ rank }) => rank)).toEqual([1]);
  });
});
