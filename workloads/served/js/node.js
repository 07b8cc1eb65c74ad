// What the servers on Node.js share, and Bun and Deno in part.

// listening says where, and has the server end with its standard input, and so
// with a parent that was killed.
function listening(port, version) {
  process.stdout.write(JSON.stringify({ listening: port, version: version }) + '\n');
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
  process.stdin.resume();
}

// A request that no framework expected to fail is told on standard error,
// which the parent keeps. A client that has gone is no failure.
function giveUp(error) {
  if (error && (error.code === 'EPIPE' || error.code === 'ECONNRESET')) return;
  process.stderr.write(String(error && error.stack || error) + '\n', () => process.exit(1));
}
process.on('unhandledRejection', giveUp);

// open listens on a free port. The load may pause for longer than Node.js
// keeps an idle connection by default.
function open(server, version) {
  server.keepAliveTimeout = 0;
  server.on('error', giveUp);
  server.listen(0, '127.0.0.1', () => listening(server.address().port, version));
}

function versionOf(name) { return name + ' ' + require(name + '/package.json').version; }

// readBody gives the text of a request's body. Only POST requests have one.
function readBody(request) {
  if (request.method !== 'POST') return Promise.resolve('');
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part) => { text += part; });
    request.on('end', () => resolve(text));
    request.on('error', reject);
  });
}
