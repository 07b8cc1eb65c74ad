// Middleware: one request through an onion of ten layers to a route's handler,
// which runs validateParams → dbQuery → serviceCall.
//
// What a layer does on the way in and out is here and the same in all styles;
// a style adds how one layer hands over to the next. Each passage is mixed
// into ctx.state.trace: a layer that leaves before the inner ones are done, or
// never leaves, changes the operation's result.
//
// params.users: the table behind dbQuery. params.requests: what clients send.

class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const users = new Map(params.users.map((user) => [user.id, user]));

// The routes: a handler's three steps differ only in these data.
const routes = new Map([
  ['GET /users', { source: 'query', up: true, render: (user) => ({ user: user }) }],
  ['POST /orders', { source: 'body', up: true, render: (user, input) => ({ user: user.id, items: input.items, accepted: true }) }],
  ['GET /reports', { source: 'query', up: false, render: () => null }],
]);

function createContext(i) {
  const request = params.requests[i % params.requests.length];
  return {
    request: {
      id: i,
      method: request.method,
      path: request.path,
      query: { id: request.id === 0 ? i % users.size + 1 : request.id },
      headers: { host: 'localhost', accept: 'application/json', authorization: 'token' },
      body: request.body,
    },
    response: { status: 404, headers: {}, body: '' },
    state: { trace: i, input: null, session: null, result: null },
  };
}

function mix(value, n) { return (value * 31 + n) | 0; }

function checksum(ctx) {
  return mix(mix(ctx.state.trace, ctx.response.status), ctx.response.body.length);
}

// The handler's steps.
function validateParams(ctx, route, done) {
  const input = route.source === 'body' ? ctx.state.input : ctx.request.query;
  if (input === null || !Number.isInteger(input.id) || input.id < 1) {
    return settle(new HttpError(400, 'id must be a positive integer'), undefined, done);
  }
  return settle(null, input, done);
}

function dbQuery(ctx, input, done) {
  const user = users.get(input.id);
  if (user === undefined) return settle(new HttpError(404, 'no such user'), undefined, done);
  return settle(null, user, done);
}

function serviceCall(ctx, route, user, input, done) {
  if (!route.up) return settle(new HttpError(503, 'service down'), undefined, done);
  return settle(null, route.render(user, input), done);
}

function findRoute(ctx) {
  const route = routes.get(ctx.request.method + ' ' + ctx.request.path);
  if (route === undefined) throw new HttpError(404, 'no such route');
  return route;
}

function reply(ctx, result) {
  ctx.response.status = 200;
  ctx.state.result = result;
}

function sendError(ctx, error) {
  ctx.response.status = error.status;
  ctx.response.body = JSON.stringify({ error: error.message });
}

const nothing = () => {};

// The layers, outermost first. The first one is the error handler: what is
// thrown below it ends in sendError and skips the ways out.
const layers = [
  ['errors', nothing, nothing],
  ['request-id', (ctx) => { ctx.response.headers['x-request-id'] = ctx.request.id; }, nothing],
  ['logger', nothing, (ctx) => { ctx.state.logged = ctx.response.status; }],
  ['cors', (ctx) => { ctx.response.headers['access-control-allow-origin'] = '*'; }, nothing],
  ['security', (ctx) => { ctx.response.headers['x-content-type-options'] = 'nosniff'; }, nothing],
  ['cache', nothing, (ctx) => { ctx.response.headers['cache-control'] = 'no-store'; }],
  ['length', nothing, (ctx) => { ctx.response.headers['content-length'] = ctx.response.body.length; }],
  ['json', nothing, (ctx) => { ctx.response.body = JSON.stringify(ctx.state.result); }],
  ['body', (ctx) => { if (ctx.request.body !== '') ctx.state.input = JSON.parse(ctx.request.body); }, nothing],
  ['session', (ctx) => { ctx.state.session = { token: ctx.request.headers.authorization }; }, nothing],
].map((layer, n) => ({
  name: layer[0],
  enter(ctx) {
    ctx.state.trace = mix(ctx.state.trace, n + 1);
    layer[1](ctx);
  },
  leave(ctx) {
    layer[2](ctx);
    ctx.state.trace = mix(ctx.state.trace, n + 101);
  },
}));
