import { describe, expect, test } from 'vitest';
import { actionsOf, MOUSE_PRESETS } from '../../ui/mouseMap';
import { toolHelp, volumeHelp } from './toolHelp';

const preset = (id: string) => actionsOf({ preset: id, own: {} });

describe('the help for the tool in hand', () => {
  test('says what the buttons of this map do', () => {
    expect(toolHelp('window', preset('collimate'))).toBe(
      'drag: window · right button: zoom · middle button: pan · wheel: slices',
    );
    expect(toolHelp('window', preset('pacs-right-window'))).toBe(
      'drag: window · middle button: zoom · wheel: slices',
    );
    expect(toolHelp('pan', preset('pacs-drag-scroll'))).toBe(
      'drag: pan · right button: slices · middle button: window · wheel: zoom',
    );
  });

  test('names the gestures that erase, and none where none does', () => {
    expect(toolHelp('brush', preset('collimate'))).toContain(
      'Shift + left button / right button: erases',
    );
    expect(toolHelp('brush', preset('pacs-right-window'))).toContain(
      'Shift + left button / Shift + right button: erases',
    );
    const without = actionsOf({ preset: 'ohif', own: { 'shift+left': 'none' } });
    expect(toolHelp('brush', without)).not.toContain('erases');
  });

  test('says in 3D what scissors cut, and how the picture is still turned', () => {
    expect(volumeHelp('scissors', preset('collimate'))).toBe(
      'trace around: cuts away what is inside · Shift + left button / right button: what is outside · Ctrl + left button: turn',
    );
    expect(volumeHelp('brush', preset('collimate'))).toContain('drag: turn');
  });

  test('says which button has the tool where it is not the left one', () => {
    expect(toolHelp('brush', preset('left-handed'))).toMatch(/^right button · drag paints/);
    for (const { actions } of MOUSE_PRESETS) expect(toolHelp('brush', actions)).toContain('paints');
  });
});
