import js from '@eslint/js';
import ts from 'typescript-eslint';

// Imports point one way: api <- runtime <- host contract <- controllers, csi <- processes <- main, sim, cli.
const rooms = {
  api: ['runtime', 'host', 'controllers', 'csi', 'processes', 'sim', 'cli'],
  runtime: ['host', 'controllers', 'csi', 'processes', 'sim', 'cli'],
  host: ['controllers', 'csi', 'processes', 'sim', 'cli'],
  controllers: ['host/linux', 'host/sim', 'host/rpc', 'csi', 'processes', 'sim', 'cli'],
  csi: ['host/linux', 'host/sim', 'host/rpc', 'controllers', 'processes', 'sim', 'cli'],
  processes: ['host/sim', 'sim', 'cli'],
};
const doors = [
  { name: 'child_process', message: 'Only src/host/linux/exec.ts starts processes.' },
  { name: 'node:child_process', message: 'Only src/host/linux/exec.ts starts processes.' },
  { name: '@kubernetes/client-node', message: 'Only src/runtime/kube/ knows the client library.' },
];
const inner = (rooms) =>
  rooms.map((room) => ({ group: [`**/${room}`, `**/${room}/**`], message: `This room must not know ${room}.` }));

const wall = (files, closed, open = []) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      { paths: doors.filter(({ name }) => !open.includes(name)), patterns: inner(closed) },
    ],
  },
});

export default ts.config(
  { ignores: ['dist/', 'out/', '.cache/', 'node_modules/', '**/gen/'] },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/runtime/clock.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval'].map((name) => ({ name, message: 'Take time from the injected Clock.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take time from the injected Clock.' },
        { object: 'Math', property: 'random', message: 'Take chance from the injected Random.' },
      ],
    },
  },
  ...Object.entries(rooms).map(([room, closed]) => wall([`src/${room}/**/*.ts`], closed)),
  wall(['src/sim/**/*.ts', 'src/cli/**/*.ts', 'src/*.ts'], []),
  wall(['src/host/linux/exec.ts'], rooms.host, ['node:child_process']),
  wall(['src/runtime/kube/**/*.ts'], rooms.runtime, ['@kubernetes/client-node']),
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], ...ts.configs.disableTypeChecked },
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { globals: { console: 'readonly', process: 'readonly' } } },
);
