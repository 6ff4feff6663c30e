/**
 * Unit tests: `x.spec.ts` beside `x.ts`, compiled by SWC to CommonJS (DESIGN: throttler requires Nest from CommonJS).
 * End-to-end tests run the built ESM apps as processes: see test/jest-e2e.config.mjs.
 */
const esmOnly = [
  '@nestjs',
  '@standard-schema',
  'undici',
  'jose',
  'openid-client',
  'oauth4webapi',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'cookie',
  '@sinonjs',
];

/** @type {import('jest').Config} */
export default {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['guichet:source', 'require', 'node', 'default'] },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/examples'],
  testMatch: ['**/*.spec.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.(ts|js|mjs)$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  setupFiles: ['reflect-metadata'],
};
