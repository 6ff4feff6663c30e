import { randomUUID } from 'node:crypto';
import type { Consul } from '../support/consul.js';

/** A token and the one policy that it has, as an operator makes, changes and revokes them. */
export class Token {
  /** What apps say to Consul. Chosen here, so that one that was revoked can be given back. */
  readonly secret = randomUUID();
  private readonly accessor = randomUUID();
  private readonly name = `policy-${this.accessor}`;
  private policy = '';

  private constructor(private readonly consul: Consul) {}

  /** @param rules  in Consul's language */
  static async allowed(consul: Consul, rules: readonly string[]): Promise<Token> {
    const token = new Token(consul);
    const policy = { Name: token.name, Rules: rules.join('\n') };
    token.policy = ((await consul.call('PUT', 'acl/policy', policy)) as { ID: string }).ID;
    await token.giveBack();
    return token;
  }

  /** Has it allow this from now on, and nothing else. */
  async allow(rules: readonly string[]): Promise<void> {
    await this.consul.call('PUT', `acl/policy/${this.policy}`, { Name: this.name, Rules: rules.join('\n') });
  }

  async revoke(): Promise<void> {
    await this.consul.call('DELETE', `acl/token/${this.accessor}`);
  }

  async giveBack(): Promise<void> {
    const { accessor, secret, policy } = this;
    await this.consul.call('PUT', 'acl/token', { AccessorID: accessor, SecretID: secret, Policies: [{ ID: policy }] });
  }
}
