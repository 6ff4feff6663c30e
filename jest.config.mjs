/** Unit tests: `x.spec.ts` beside `x.ts`. */
import { repository, shared } from './jest.shared.mjs';

/** @type {import('jest').Config} */
export default {
  ...shared,
  rootDir: repository,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/examples', '<rootDir>/scripts', '<rootDir>/deploy'],
  testMatch: ['**/*.spec.ts'],
};
