// fastify's hooks stand in two rows, before and behind the handler.
const fastify = require('fastify')();

fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => done(null, body));
fastify.setErrorHandler((error) => giveUp(error));

fastify.addHook('preHandler', async (request) => { request.state = begin(request.raw.method, request.raw.url, request.body || ''); });
layers.forEach((layer) => fastify.addHook('preHandler', async (request) => { layer.enter(request.state); }));
layers.slice().reverse().forEach((layer, n) => fastify.addHook('onSend', async (request, reply) => {
  const state = request.state;
  layer.leave(state);
  if (n < layers.length - 1) return;
  reply.code(state.status);
  Object.keys(state.headers).forEach((name) => reply.header(name, state.headers[name]));
  return state.text;
}));
fastify.route({ method: ['GET', 'POST'], url: '/*', handler: async (request) => { await handle(request.state); return ''; } });

fastify.listen(0, '127.0.0.1', (error) => {
  if (error) return giveUp(error);
  fastify.server.keepAliveTimeout = 0;
  listening(fastify.server.address().port, versionOf('fastify'));
});
