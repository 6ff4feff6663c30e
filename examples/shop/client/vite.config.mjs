import { defineConfig } from 'vite';

/**
 * Everything comes from the page's own origin: no inline script or style, no data: URL, no other host. The built page
 * says so itself; while developing, Vite's own client needs inline styles.
 */
const CONTENT_SECURITY_POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'";

const contentSecurityPolicy = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY },
      injectTo: 'head-prepend',
    },
  ],
};

export default defineConfig({
  root: import.meta.dirname,
  // `npx vite examples/shop/client` beside a running web BFF: its pages, this client with hot reload.
  server: { proxy: { '/pages': process.env.WEB_BFF ?? 'http://127.0.0.1:3000' } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [contentSecurityPolicy],
  build: {
    outDir: '../../../dist/examples/shop/client',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
