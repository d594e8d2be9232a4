import { describe, expect, test } from 'vitest';
import { actionsOf, MOUSE_PRESETS } from '../../ui/mouseMap';
import { toolHelp } from './toolHelp';

const preset = (id: string) => actionsOf({ preset: id, own: {} });

describe('the help for the tool in hand', () => {
  test('says what the buttons of this map do', () => {
    expect(toolHelp('window', preset('collimate'))).toBe(
      'drag: window · Right button: Zoom · Middle button: Pan · Wheel: Scroll slices',
    );
    expect(toolHelp('window', preset('pacs-right-window'))).toBe(
      'drag: window · Middle button: Zoom · Wheel: Scroll slices',
    );
    expect(toolHelp('pan', preset('pacs-drag-scroll'))).toBe(
      'drag: pan · Right button: Scroll slices · Middle button: Window and level · Wheel: Zoom',
    );
  });

  test('names the gestures that erase, and none where none does', () => {
    expect(toolHelp('brush', preset('collimate'))).toContain(
      'Shift + Left button / Right button: erases',
    );
    expect(toolHelp('brush', preset('pacs-right-window'))).toContain(
      'Shift + Left button / Shift + Right button: erases',
    );
    const without = actionsOf({ preset: 'ohif', own: { 'shift+left': 'none' } });
    expect(toolHelp('brush', without)).not.toContain('erases');
  });

  test('says which button has the tool where it is not the left one', () => {
    expect(toolHelp('brush', preset('left-handed'))).toMatch(/^Right button · drag paints/);
    for (const { actions } of MOUSE_PRESETS) expect(toolHelp('brush', actions)).toContain('paints');
  });
});
