// hapi's extensions stand in two rows, before and behind the handler.
const hapi = require('hapi');

const server = hapi.server({ host: '127.0.0.1', port: 0 });
server.events.on({ name: 'request', channels: ['error', 'internal'] }, (request, event) => {
  if (event.error && !event.error.isBoom) giveUp(event.error);
});

// This hapi is older than Node.js 16, where a request is closed as soon as its
// body was read, which hapi takes for a client that has gone.
server.ext('onRequest', (request, h) => {
  request.raw.req.removeAllListeners('close');
  return h.continue;
});
server.ext('onPreHandler', async (request, h) => {
  request.app.state = begin(request.raw.req.method, request.raw.req.url, request.payload ? request.payload.toString() : '');
  return h.continue;
});
layers.forEach((layer) => server.ext('onPreHandler', async (request, h) => {
  layer.enter(request.app.state);
  return h.continue;
}));
layers.slice().reverse().forEach((layer, n) => server.ext('onPreResponse', async (request, h) => {
  const state = request.app.state;
  layer.leave(state);
  if (n < layers.length - 1) return h.continue;
  const response = h.response(state.text).code(state.status);
  Object.keys(state.headers).forEach((name) => response.header(name, state.headers[name]));
  return response;
}));
server.route({
  method: '*',
  path: '/{path*}',
  config: { payload: { output: 'data', parse: false }, cache: false },
  handler: async (request) => { await handle(request.app.state); return ''; },
});

server.start().then(() => {
  server.listener.keepAliveTimeout = 0;
  listening(server.info.port, versionOf('hapi'));
}).catch(giveUp);
