// The layers of the frontend: routes -> features -> viewer, commands -> ui, geometry, api -> words.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: `^src/(${allowed})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'features-are-strangers',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: '^src/features/$1/' },
    },
    only('features-look-down', 'features', 'features|viewer|commands|api|ui|geometry|words'),
    only('viewer-takes-props', 'viewer', 'viewer|ui|geometry|words'),
    only('commands-know-only-ui', 'commands', 'commands|ui|words'),
    only('ui-is-dumb', 'ui', 'ui|words'),
    only('api-stands-alone', 'api', 'api|words'),
    only('words-stand-alone', 'words', 'words'),
    only('geometry-is-pure', 'geometry', 'geometry'),
    {
      name: 'only-viewer-knows-cornerstone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/viewer/' },
      to: { path: '@cornerstonejs|@kitware' },
    },
    {
      name: 'geometry-has-no-packages',
      severity: 'error',
      from: { path: '^src/geometry/', pathNot: '\\.test\\.tsx?$' },
      to: { path: 'node_modules' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
