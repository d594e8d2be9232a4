/** Which mouse button moves, zooms or windows the image. */
import {
  Enums,
  PanTool,
  StackScrollTool,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools';
import { ENGINE_ID } from './cornerstone';

export type NavigationTool = 'window' | 'pan' | 'zoom' | 'scroll';

const TOOL_NAMES: Readonly<Record<NavigationTool, string>> = {
  window: WindowLevelTool.toolName,
  pan: PanTool.toolName,
  zoom: ZoomTool.toolName,
  scroll: StackScrollTool.toolName,
};

const { Primary, Secondary, Auxiliary } = Enums.MouseBindings;

/** Always there, whatever the left button does: middle button pans, right button zooms. */
const STANDING: Readonly<Partial<Record<NavigationTool, { mouseButton: number }[]>>> = {
  pan: [{ mouseButton: Auxiliary }],
  zoom: [{ mouseButton: Secondary }],
};

export interface Navigation {
  /** Gives the left button to a tool; null leaves it to whoever draws marks. */
  use(tool: NavigationTool | null): void;
  destroy(): void;
}

export function createNavigation(viewportId: string): Navigation {
  const groupId = `navigation-${viewportId}`;
  const group = ToolGroupManager.createToolGroup(groupId);
  for (const name of Object.values(TOOL_NAMES)) group?.addTool(name);
  group?.addViewport(viewportId, ENGINE_ID);
  const use = (tool: NavigationTool | null) => {
    for (const [key, name] of Object.entries(TOOL_NAMES) as [NavigationTool, string][]) {
      group?.setToolPassive(name, { removeAllBindings: true });
      const bindings = [...(STANDING[key] ?? [])];
      if (key === tool) bindings.push({ mouseButton: Primary });
      if (bindings.length > 0) group?.setToolActive(name, { bindings });
    }
  };
  use('window');
  return { use, destroy: () => ToolGroupManager.destroyToolGroup(groupId) };
}
