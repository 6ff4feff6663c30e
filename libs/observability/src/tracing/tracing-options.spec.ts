import { BootProblems } from 'guichet/kernel';
import { tracingOptions } from './tracing-options.js';

describe('tracingOptions', () => {
  it('record nothing and show nothing by default', () => {
    const options = tracingOptions({}, {});
    expect(options).toMatchObject({ pageTrace: {}, ratio: 0.1, secretHeaders: '' });
    expect(options.endpoint).toBeUndefined();
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, 'http://collector:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector/otlp/' }, 'https://collector/otlp/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a/b', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }, 'http://a/b'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'true' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_TRACES_EXPORTER: 'none' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
  ])('%j: spans go to %s', (environment, endpoint) => {
    expect(tracingOptions({}, environment).endpoint).toBe(endpoint);
  });

  it('read OpenTelemetry’s variables over what the code says, those for traces before the general ones', () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20t',
      OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '700',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.5',
      OTEL_SERVICE_NAME: 'shop-web',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,host.name=a%2Cb',
      PAGE_TRACE_SECRET: 'x'.repeat(32),
      PAGE_TRACE_NETWORKS: '10.0.0.0/8, ::1',
      TRUSTED_PROXIES: '1',
    };
    expect(tracingOptions({ ratio: 0.2, serviceName: 'other' }, environment)).toMatchObject({
      secretHeaders: 'authorization=Bearer%20t',
      timeoutMs: 700,
      compression: 'gzip',
      sampler: 'traceidratio',
      ratio: 0.5,
      serviceName: 'shop-web',
      resource: { 'deployment.environment.name': 'test', 'host.name': 'a,b' },
      pageTrace: { secret: 'x'.repeat(32), networks: ['10.0.0.0/8', '::1'] },
      trustedProxies: 1,
    });
  });

  it('name every variable that is wrong, and show no secret', () => {
    const problems = new BootProblems();
    tracingOptions(
      {},
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_HEADERS: 'planted-credential',
        OTEL_EXPORTER_OTLP_TIMEOUT: '10s',
        OTEL_TRACES_SAMPLER: 'sometimes',
        OTEL_TRACES_SAMPLER_ARG: '1.5',
        OTEL_RESOURCE_ATTRIBUTES: 'nonsense',
        PAGE_TRACE_SECRET: 'planted-short',
        PAGE_TRACE_NETWORKS: '10.0.0.0/99',
      },
      problems,
    );
    expect(problems.all.map(({ path }) => path).toSorted()).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_HEADERS',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'OTEL_EXPORTER_OTLP_TIMEOUT',
      'OTEL_RESOURCE_ATTRIBUTES',
      'OTEL_TRACES_SAMPLER',
      'OTEL_TRACES_SAMPLER_ARG',
      'PAGE_TRACE_NETWORKS',
      'PAGE_TRACE_SECRET',
    ]);
    expect(JSON.stringify(problems.all)).not.toContain('planted');
  });
});
