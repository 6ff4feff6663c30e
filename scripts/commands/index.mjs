/** Every command of package.json's scripts, loaded when asked for. A command exports `help` and `run(args, leave)`. */
export const commands = {
  start: () => import('./start.mjs'),
  dev: () => import('./dev.mjs'),
  build: () => import('./build.mjs'),
  test: () => import('./test.mjs'),
  'test:security': () => import('./test-security.mjs'),
  'test:drain': () => import('./test-drain.mjs'),
  'test:faults': () => import('./test-faults.mjs'),
  'test:soak': () => import('./test-soak.mjs'),
  lint: () => import('./lint.mjs'),
  format: () => import('./format.mjs'),
  typecheck: () => import('./typecheck.mjs'),
  map: () => import('./map.mjs'),
  token: () => import('./token.mjs'),
  bench: () => import('./bench.mjs'),
};
