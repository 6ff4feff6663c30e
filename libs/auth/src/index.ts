export { Public, Roles, Scopes } from './access.decorators.js';
export { AuthModule, type AuthModuleOptions } from './auth.module.js';
export { BEARER_OPTIONS, type BearerOptions, bearerOptions } from './auth.options.js';
export { CachingVerifier } from './bearer/caching.verifier.js';
export { JwtVerifier, type JwtVerifierOptions } from './bearer/jwt.verifier.js';
export { KeySet } from './bearer/key-set.js';
export { KeysUnavailable, TokenRejected } from './bearer/token-rejected.js';
export { TokenVerifier, type VerifiedToken } from './bearer/token-verifier.js';
export { IdentityGuard } from './identity.guard.js';
