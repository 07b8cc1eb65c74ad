// The host's own HTTP server, with our onion.
const host = typeof Bun !== 'undefined' ? 'bun' : typeof Deno !== 'undefined' ? 'deno' : 'node';

// Bun and Deno bring requests and take answers as the Fetch standard has them.
async function respond(request) {
  const body = request.method === 'POST' ? await request.text() : '';
  const state = begin(request.method, request.url.slice(request.url.indexOf('/', 8)), body);
  await dispatch(state, 0);
  return new Response(state.text, { status: state.status, headers: state.headers });
}

async function answer(request, response) {
  const state = begin(request.method, request.url, await readBody(request));
  await dispatch(state, 0);
  state.headers['content-length'] = Buffer.byteLength(state.text);
  response.writeHead(state.status, state.headers);
  response.end(state.text);
}

if (host === 'bun') {
  listening(Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: respond, error: giveUp }).port, 'bun ' + Bun.version);
} else if (host === 'deno') {
  // onError answers with what it returns; the process ends before that counts.
  Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: (at) => listening(at.port, 'deno ' + Deno.version.deno), onError: giveUp }, respond);
} else {
  open(require('http').createServer((request, response) => { answer(request, response).catch(giveUp); }), 'node ' + process.version);
}
