// What all servers do with a request, whoever brings it: ten layers around a
// handler. A server adds how one layer hands over to the next, in its
// framework's own way, and nothing else.
//
// Each passage of a layer is mixed into state.trace, which is part of the
// answer: a layer that is left out, or left before the inner ones are done,
// changes the body.
//
// This runs on Node.js 7, on goja and in QuickJS: no syntax of 2018 or later.
//
// params.users: the table behind dbQuery.

function HttpError(status, message) {
  this.status = status;
  this.message = message;
}

const users = new Map(params.users.map((user) => [user.id, user]));

function mix(value, n) { return (value * 31 + n) | 0; }

// begin returns the state of a request. url is the path with its query, ?n=N,
// the request's number; body is the text of the request's body.
function begin(method, url, body) {
  const mark = url.indexOf('?n=');
  const number = mark < 0 ? 0 : Number(url.slice(mark + 3)) | 0;
  return {
    method: method,
    path: mark < 0 ? url : url.slice(0, mark),
    number: number,
    body: body,
    trace: number,
    input: null,
    session: null,
    logged: 0,
    result: null,
    // The answer.
    status: 404,
    headers: {},
    text: '',
  };
}

const nothing = () => {};

// The layers, outermost first: a name, what it does on the way in, what on the
// way out. The outermost one leaves last and so writes the answer.
const layers = [
  ['answer', nothing, (state) => { state.result.trace = state.trace; state.text = JSON.stringify(state.result); }],
  ['request-id', (state) => { state.headers['x-request-id'] = String(state.number); }, nothing],
  ['logger', nothing, (state) => { state.logged = state.status; }],
  ['cors', (state) => { state.headers['access-control-allow-origin'] = '*'; }, nothing],
  ['security', (state) => { state.headers['x-content-type-options'] = 'nosniff'; }, nothing],
  ['cache', nothing, (state) => { state.headers['cache-control'] = 'no-store'; }],
  ['type', nothing, (state) => { state.headers['content-type'] = 'application/json; charset=utf-8'; }],
  ['session', (state) => { state.session = { user: state.number }; }, nothing],
  ['body', (state) => { if (state.body !== '') state.input = JSON.parse(state.body); }, nothing],
  ['status', nothing, (state) => { state.trace = mix(state.trace, state.status); }],
].map((layer, n) => ({
  name: layer[0],
  enter(state) {
    state.trace = mix(state.trace, n + 1);
    layer[1](state);
  },
  leave(state) {
    state.trace = mix(state.trace, n + 101);
    layer[2](state);
  },
}));

// The handler's steps, each an async function whose result is there at once: a
// database would be measured otherwise.
async function validate(state) {
  if (state.method === 'POST' && state.path === '/orders') {
    if (state.input === null) throw new HttpError(400, 'an order is missing');
    return { id: state.input.id, render: (user) => ({ user: user.id, items: state.input.items, accepted: true }) };
  }
  if (state.method === 'GET' && state.path === '/reports') {
    return { id: 1, render: () => { throw new HttpError(503, 'service down'); } };
  }
  if (state.method !== 'GET' || state.path.slice(0, 7) !== '/users/') throw new HttpError(404, 'no such route');
  const id = Number(state.path.slice(7));
  if (!Number.isInteger(id) || id < 1) throw new HttpError(400, 'id must be a positive integer');
  return { id: id, render: (user) => ({ user: user }) };
}

async function dbQuery(id) {
  const user = users.get(id);
  if (user === undefined) throw new HttpError(404, 'no such user');
  return user;
}

async function serviceCall(input, user) { return input.render(user); }

async function handle(state) {
  try {
    const input = await validate(state);
    const user = await dbQuery(input.id);
    state.result = await serviceCall(input, user);
    state.status = 200;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    state.status = error.status;
    state.result = { error: error.message };
  }
}
