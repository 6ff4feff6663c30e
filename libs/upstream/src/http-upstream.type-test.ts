// What must compile, and what must not: checked by the type check, never run.
import { z } from 'zod';
import { HttpUpstream, type UpstreamCall } from './index.js';

const Product = z.object({ id: z.string(), stock: z.coerce.number().default(0) });

export class Client extends HttpUpstream {
  typed(): UpstreamCall<{ id: string; stock: number }> {
    return this.get('/products/:id', { params: { id: 7 }, schema: Product });
  }
  untyped(): UpstreamCall<unknown> {
    return this.get('/products/:id/reviews/:review', { params: { id: '7', review: 1 } });
  }
  plain(): UpstreamCall<unknown> {
    return this.get('/health');
  }
  list(): UpstreamCall<{ id: string; stock: number }[]> {
    return this.post('/search', { body: {}, query: { page: 1 }, schema: z.array(Product) });
  }

  choices(isPublic: boolean): void {
    this.get('/health', { public: true });
    this.get('/health', { public: true, identity: 'none' });
    this.get('/health', { public: isPublic });
    this.get('/health', { identity: 'signed' });
    this.head('/health', { identity: 'user' });
    this.post('/health', { identity: 'service', body: {} });
    // @ts-expect-error a public call carries no identity
    this.get('/health', { public: true, identity: 'user' });
    // @ts-expect-error nor does one that may be public
    this.get('/health', { public: isPublic, identity: 'signed' });
    // @ts-expect-error the same of a call that changes something
    this.post('/health', { public: true, identity: 'service' });
    // @ts-expect-error no such identity
    this.get('/health', { identity: 'admin' });
  }

  mistakes(id: string, path: string): void {
    // @ts-expect-error a parameter is missing
    this.get('/products/:id');
    // @ts-expect-error a parameter is missing
    this.get('/products/:id', { schema: Product });
    // @ts-expect-error a parameter is misspelt
    this.get('/products/:id', { params: { ID: '7' } });
    // @ts-expect-error one of two parameters is missing
    this.get('/products/:id/reviews/:review', { params: { id: '7' } });
    // @ts-expect-error a parameter may be missing at run time
    this.get('/products/:id', { params: { id: undefined } });
    // @ts-expect-error a parameter is no string or number
    this.get('/products/:id', { params: { id: { nested: 1 } } });
    // @ts-expect-error the template has no parameter
    this.get('/health', { params: { id: '7' } });
    // @ts-expect-error a path that is put together at run time
    this.get(`/products/${id}`);
    // @ts-expect-error a path that is only a string
    this.get(path);
    // @ts-expect-error a path that is only a string, with options
    this.get(path, { schema: Product });
    // @ts-expect-error a GET has no body
    this.get('/health', { body: {} });
    // @ts-expect-error not the schema's type
    const wrong: UpstreamCall<{ id: number }> = this.get('/products/:id', { params: { id }, schema: Product });
    void wrong;
  }
}
