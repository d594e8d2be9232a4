// Writes src/mantineStyles.ts: the styles of the Mantine components in use, in Mantine's own order,
// instead of those of all of them. With --check it fails where the list is not what is in use.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const LIST = 'src/mantineStyles.ts';
const MANTINE = resolve('node_modules/@mantine');
const STYLES = join(MANTINE, 'core/styles');
const ALWAYS = ['baseline', 'default-css-variables', 'global'];

/** The files of a folder that end so, with those of the folders in it. */
function filesUnder(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name));
}

/** `Chip` of `type Chip as FilterChip`. */
const bareName = (name) =>
  name
    .replace(/^\s*type\s+/, '')
    .trim()
    .split(/\s+as\s+/)[0];

/** Names taken from `@mantine/core` by the files of a folder. */
function namesTaken(folder, ending) {
  const from = /import\s*{([^}]*)}\s*from\s*["']@mantine\/core["']/g;
  return filesUnder(folder, ending).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(from)].flatMap(([, names]) =>
      names.split(',').map((name) => bareName(name)),
    ),
  );
}

/** The modules that a module brings with it. */
function reached(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/from\s*["'](\.[^"']+)["']/g))
    reached(resolve(dirname(file), path), seen);
  return seen;
}

const components = join(MANTINE, 'core/esm/components');
const fileOf = new Map(
  filesUnder(components, /\/[A-Z]\w*\.mjs$/).map((file) => [file.match(/(\w+)\.mjs$/)[1], file]),
);
const taken = new Set([
  ...namesTaken('src', /\.tsx?$/),
  ...namesTaken(join(MANTINE, 'spotlight/esm'), /\.mjs$/),
]);
const modules = [...taken].flatMap((name) =>
  fileOf.has(name) ? [...reached(fileOf.get(name))] : [],
);
const whole = readFileSync(join(MANTINE, 'core/styles.css'), 'utf8');
const placeOf = (name) =>
  whole.indexOf(
    readFileSync(join(STYLES, `${name}.css`), 'utf8')
      .slice(0, 80)
      .trim(),
  );
const styles = new Set(modules.map((file) => file.match(/(\w+)\.module\.mjs$/)?.[1]));
const inUse = [...styles].filter((name) => name && existsSync(join(STYLES, `${name}.css`)));
const ordered = [...ALWAYS, ...inUse.sort((one, other) => placeOf(one) - placeOf(other))];

const text = [
  '// Written by `npm run styles`: the styles of the Mantine components in use.',
  ...ordered.map((name) => `import '@mantine/core/styles/${name}.css';`),
  '',
].join('\n');
if (!process.argv.includes('--check')) writeFileSync(LIST, text);
else if (readFileSync(LIST, 'utf8') !== text) {
  process.stderr.write(`${LIST} is not what is in use: run npm run styles\n`);
  process.exit(1);
}
process.stdout.write(`styles: ${ordered.length} of ${readdirSync(STYLES).length / 2} files\n`);
