/** Which mouse button moves, zooms or windows the image. */
import {
  Enums,
  PanTool,
  StackScrollTool,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools';
import { DRAGS, type DragGesture, type MouseAction, useMouse } from '../ui/mouseMap';
import { ENGINE_ID } from './cornerstone';

export type NavigationTool = 'window' | 'pan' | 'zoom' | 'scroll';

const TOOL_NAMES: Readonly<Record<NavigationTool, string>> = {
  window: WindowLevelTool.toolName,
  pan: PanTool.toolName,
  zoom: ZoomTool.toolName,
  scroll: StackScrollTool.toolName,
};

const { Primary, Secondary, Auxiliary } = Enums.MouseBindings;
const { Shift, Ctrl } = Enums.KeyboardBindings;

interface Binding {
  readonly mouseButton: number;
  readonly modifierKey?: number;
}

function bindingOf(gesture: DragGesture): Binding {
  const button = gesture.split('+').at(-1);
  const mouseButton = button === 'left' ? Primary : button === 'right' ? Secondary : Auxiliary;
  if (gesture.startsWith('shift+')) return { mouseButton, modifierKey: Shift };
  return gesture.startsWith('ctrl+') ? { mouseButton, modifierKey: Ctrl } : { mouseButton };
}

/** The tool of an action; a brush in hand takes the presses that erase before they come here. */
function toolOf(action: MouseAction, inHand: NavigationTool | null): NavigationTool | null {
  if (action === 'tool') return inHand;
  if (action === 'zoom-or-erase') return 'zoom';
  return action in TOOL_NAMES ? (action as NavigationTool) : null;
}

export interface Navigation {
  /** Puts a tool in hand; null leaves the hand to whoever draws marks. */
  use(tool: NavigationTool | null): void;
  destroy(): void;
}

export function createNavigation(viewportId: string): Navigation {
  const groupId = `navigation-${viewportId}`;
  const group = ToolGroupManager.createToolGroup(groupId);
  for (const name of Object.values(TOOL_NAMES)) group?.addTool(name);
  group?.addViewport(viewportId, ENGINE_ID);
  let inHand: NavigationTool | null = 'window';
  const bind = () => {
    const { actions } = useMouse.getState();
    for (const [key, name] of Object.entries(TOOL_NAMES) as [NavigationTool, string][]) {
      group?.setToolPassive(name, { removeAllBindings: true });
      const bindings = DRAGS.filter((gesture) => toolOf(actions[gesture], inHand) === key);
      if (bindings.length > 0) group?.setToolActive(name, { bindings: bindings.map(bindingOf) });
    }
  };
  const use = (tool: NavigationTool | null) => {
    inHand = tool;
    bind();
  };
  bind();
  const stopListening = useMouse.subscribe(bind);
  return {
    use,
    destroy() {
      stopListening();
      ToolGroupManager.destroyToolGroup(groupId);
    },
  };
}
