import { describeConsulError, HiddenError, isRefused, policyRule } from './consul-error.js';

const rule = policyRule('service', 'catalog', 'read');
const answered = (statusCode: number, message: string): Error => Object.assign(new Error(message), { statusCode });

describe('describeConsulError', () => {
  it.each([
    ['Permission denied', 'what Consul 1.8 says'],
    [
      'Permission denied: token with AccessorID "6e1f0b6c-planted" lacks permission "service:read" on "catalog"',
      'what later ones say',
    ],
  ])('names the rule that is missing, and no token: %s', message => {
    const text = describeConsulError(answered(403, message), rule);
    expect(text).toMatch(/CONSUL_HTTP_TOKEN needs service "catalog" \{ policy = "read" \}$/);
    expect(text).not.toContain('planted');
  });

  it.each(['ACL not found', 'rpc error making call: ACL not found'])('tells a token that is unknown: %s', message => {
    const text = describeConsulError(answered(403, message), rule);
    expect(text).toMatch(/no such token/);
    expect(text).not.toContain('policy');
  });

  it('names the rule that would show what is hidden', () => {
    const error = new HiddenError(policyRule('node_prefix', '', 'read'));
    expect(describeConsulError(error, rule)).toMatch(/needs node_prefix "" \{ policy = "read" \}$/);
  });

  it('is one short line whatever happened', () => {
    expect(describeConsulError(answered(500, 'No cluster leader'), rule)).toBe('status 500');
    expect(describeConsulError(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), rule)).toBe('ECONNREFUSED');
    expect(describeConsulError(new Error('a\nb'), rule)).toBe('"a\\nb"');
    expect(describeConsulError(new Error('x'.repeat(1_000)), rule)).toHaveLength(202);
  });
});

describe('isRefused', () => {
  it('tells a refusal from a failure', () => {
    expect(isRefused(answered(403, 'Permission denied'))).toBe(true);
    expect(isRefused(new HiddenError(rule))).toBe(true);
    expect(isRefused(answered(500, ''))).toBe(false);
    expect(isRefused(new Error('ECONNREFUSED'))).toBe(false);
  });
});

describe('policyRule', () => {
  it('is what Consul reads, whatever a name holds', () => {
    expect(policyRule('key_prefix', 'guichet/web/status/', 'write')).toBe(
      'key_prefix "guichet/web/status/" { policy = "write" }',
    );
    expect(policyRule('service', 'a"b', 'read')).toBe('service "a\\"b" { policy = "read" }');
  });
});
