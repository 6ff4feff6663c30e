import { consulOptions, consulOptionsFromEnv, parseConsulAddress } from './consul.options.js';

describe('parseConsulAddress', () => {
  it.each([
    ['127.0.0.1:8500', { host: '127.0.0.1', port: 8500, isSecure: false }],
    ['consul.internal', { host: 'consul.internal', port: 8500, isSecure: false }],
    ['consul:80', { host: 'consul', port: 80, isSecure: false }],
    ['http://consul', { host: 'consul', port: 80, isSecure: false }],
    ['https://consul:8501/', { host: 'consul', port: 8501, isSecure: true }],
    ['https://consul', { host: 'consul', port: 443, isSecure: true }],
    ['[::1]:8500', { host: '::1', port: 8500, isSecure: false }],
  ])('reads %s', (text, endpoint) => {
    expect(parseConsulAddress(text)).toEqual(endpoint);
  });

  it.each([
    ['unix:///run/consul.sock', /unix socket/],
    ['http://user:secret@consul', /credentials/],
    ['http://consul/v1', /without a path/],
    ['consul:99999', /not an address/],
    ['', /not an address/],
    ['a b', /not an address/],
  ])('says what is wrong with %p', (text, reason) => {
    expect(parseConsulAddress(text)).toMatch(reason);
  });
});

describe('consulOptionsFromEnv', () => {
  it("reads Consul's own variables", () => {
    const env = {
      CONSUL_HTTP_ADDR: 'consul:8501',
      CONSUL_HTTP_TOKEN: 't',
      CONSUL_HTTP_SSL: 'true',
      CONSUL_CACERT: '/ca.pem',
      CONSUL_DATACENTER: 'dc2',
    };
    expect(consulOptions.parse(consulOptionsFromEnv(env))).toEqual({
      address: 'consul:8501',
      token: 't',
      isSecure: true,
      caFile: '/ca.pem',
      datacenter: 'dc2',
    });
  });

  it('counts an empty variable as not set', () => {
    expect(consulOptions.parse(consulOptionsFromEnv({ CONSUL_HTTP_ADDR: '', CONSUL_HTTP_TOKEN: '' }))).toEqual({
      address: '127.0.0.1:8500',
      isSecure: false,
    });
  });

  it.each(['6e1f\n', '6e1f\r\n', 'a\u0000b', 'tökén'])(
    'takes no token that no header can hold, and does not repeat it: %j',
    token => {
      const { success, error } = consulOptions.safeParse(consulOptionsFromEnv({ CONSUL_HTTP_TOKEN: token }));
      expect(success).toBe(false);
      expect(JSON.stringify(error?.issues)).toContain('one line of ASCII');
      expect(JSON.stringify(error?.issues)).not.toContain('6e1f');
    },
  );

  it('leaves a value that is no boolean for the schema to refuse', () => {
    expect(consulOptions.safeParse(consulOptionsFromEnv({ CONSUL_HTTP_SSL: 'maybe' })).success).toBe(false);
  });
});
