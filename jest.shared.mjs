/**
 * What unit and end-to-end tests share: SWC compiles them to CommonJS, for packages that require Nest (the throttler) fail in jest's ESM mode.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(fileURLToPath(import.meta.url));

/** Packages that ship ES modules alone: they are compiled, too. */
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
  'content-disposition',
];

/** @type {import('jest').Config} */
export const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['guichet:source', 'require', 'node', 'default'] },
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
