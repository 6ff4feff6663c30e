/**
 * The same app, told to tell more or less of what it does.
 * @typedef {object} Rival
 * @property {string} name
 * @property {(collector: string) => Record<string, string>} env  beside what every app of the bench is told
 * @property {number} [bar]  the least ratio to the first that is good enough
 */

const QUIET = { LOG_LEVEL: 'silent', LOG_REQUESTS: 'off' };

const traces = (collector, ratio) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: String(ratio),
});

/** The first is the one that the others are compared with. Metrics cannot be switched off. @type {readonly Rival[]} */
export const rivals = [
  { name: 'off', env: () => QUIET },
  { name: 'traces-10%', env: collector => ({ ...QUIET, ...traces(collector, 0.1) }), bar: 0.95 },
  { name: 'traces-100%', env: collector => ({ ...QUIET, ...traces(collector, 1) }) },
  {
    // Every request has its line, which is read; every hundredth or so would be slow.
    name: 'all-on',
    env: collector => ({
      ...traces(collector, 0.1),
      LOG_REQUESTS: 'on',
      PAGE_TRACE_SECRET: 'a-secret-of-the-bench-of-32-characters',
      INSPECTOR_TOKEN: 'a-secret-of-the-bench-of-32-characters',
    }),
    bar: 0.85,
  },
];
