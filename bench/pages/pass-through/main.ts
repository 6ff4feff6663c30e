/** The bench's app of one pass-through route. */
import { Module } from '@nestjs/common';
import { runBff } from 'guichet/bff';
import { DiscoveryModule } from 'guichet/discovery';
import { RoutesModule } from 'guichet/routes';
import { HttpUpstream, Upstream, UpstreamModule } from 'guichet/upstream';

@Upstream('files')
class FilesClient extends HttpUpstream {}

@Module({
  imports: [
    DiscoveryModule.forRoot(),
    UpstreamModule.forRoot({ clients: [FilesClient] }),
    RoutesModule.forRoot([{ path: '/api/files/:id', upstream: 'files', access: 'public' }]),
  ],
})
class PassThroughModule {}

void runBff(PassThroughModule, { name: 'bench-pass-through' });
