/** What opens over every page: the palette and the keys of the current screen. */
import { HelpPanel, type HelpPanelProps } from './HelpPanel';
import { Palette, showPalette } from './Palette';

export { showPalette };

export function HostPanels(props: HelpPanelProps) {
  return (
    <>
      <Palette commands={props.commands} />
      <HelpPanel {...props} />
    </>
  );
}
