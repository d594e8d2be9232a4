/** The tokens of the interface: every colour, size and font comes from this file. */
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

export const TOKENS = {
  app: '#0b0d10',
  panel: '#12161b',
  raised: '#1a2027',
  line: '#2b333d',
  text: '#e7eaee',
  muted: '#a3adba',
  accent: '#57b6ff',
  good: '#4fc38a',
  warn: '#e8b04a',
  bad: '#ef6a6a',
} as const;

/** Darker state colours, for the light scheme of the administration pages. */
export const LIGHT_TOKENS: Record<keyof typeof TOKENS, string> = {
  app: '#f4f6f8',
  panel: '#ffffff',
  raised: '#eaeef2',
  line: '#c8d0d9',
  text: '#14191f',
  muted: '#4d5966',
  accent: '#0b62a8',
  good: '#17693f',
  warn: '#7a5200',
  bad: '#b02525',
};

const ACCENT: MantineColorsTuple = [
  '#e6f4ff',
  '#cde7fd',
  '#9fd0fb',
  '#7cc3fb',
  '#57b6ff',
  '#45a6f0',
  '#2f93df',
  '#1c7fc9',
  '#0b62a8',
  '#084b82',
];

const DARK: MantineColorsTuple = [
  TOKENS.text,
  '#c6cdd6',
  TOKENS.muted,
  '#5d6875',
  TOKENS.line,
  '#232a32',
  TOKENS.raised,
  TOKENS.panel,
  TOKENS.app,
  '#000000',
];

const FONT = 'Inter, system-ui, sans-serif';

/** Words on the accent are dark in the dark scheme and light in the light one. */
const variantColours: VariantColorsResolver = (input) => {
  const colours = defaultVariantColorsResolver(input);
  const isAccent = input.color === undefined || input.color === 'accent';
  if (input.variant !== 'filled' || !isAccent) return colours;
  return { ...colours, color: 'var(--c-on-accent)' };
};

export const theme = createTheme({
  variantColorResolver: variantColours,
  primaryColor: 'accent',
  respectReducedMotion: true,
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  colors: { accent: ACCENT, dark: DARK },
  black: TOKENS.app,
  fontFamily: FONT,
  headings: { fontFamily: FONT, fontWeight: '600', sizes: { h1: { fontSize: '20px' } } },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '6px', xl: '8px' },
  defaultRadius: 'sm',
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', size: 'md' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', allowDeselect: false } },
    Switch: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 80 } } },
    Menu: { defaultProps: { shadow: 'none', transitionProps: { duration: 80 } } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
    Modal: { defaultProps: { transitionProps: { duration: 80 } } },
  },
});

function asVariables(tokens: Record<keyof typeof TOKENS, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tokens).map(([name, value]) => [`--c-${name}`, value]));
}

/** Publishes the tokens as CSS variables: `--c-app`, `--c-panel`, … */
export const tokenVariables: CSSVariablesResolver = () => ({
  variables: {},
  dark: {
    ...asVariables(TOKENS),
    '--c-on-accent': TOKENS.app,
    '--mantine-primary-color-contrast': TOKENS.app,
    '--mantine-color-body': TOKENS.app,
    '--mantine-color-dimmed': TOKENS.muted,
  },
  light: {
    ...asVariables(LIGHT_TOKENS),
    '--c-on-accent': LIGHT_TOKENS.panel,
    '--mantine-primary-color-contrast': LIGHT_TOKENS.panel,
    '--mantine-color-body': LIGHT_TOKENS.app,
    '--mantine-color-dimmed': LIGHT_TOKENS.muted,
  },
});
