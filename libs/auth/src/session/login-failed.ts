import { BadRequestException } from '@nestjs/common';

/** A login that cannot come to its end, and must be begun again: 400. */
export class LoginFailed extends BadRequestException {
  /**
   * @param reason  for metrics: there is no such login (begun elsewhere, over, too late), or the issuer or the checks said no
   * @param detail  for the client
   */
  constructor(
    readonly reason: 'not-begun' | 'rejected',
    detail: string,
  ) {
    super({ code: 'login-failed', title: 'The login was not completed', detail });
  }
}
