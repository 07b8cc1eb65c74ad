// express has no way out: a layer hands over by next() and is not asked again.
// So the ways out are a second row of middlewares behind the handler. Each one,
// in and out, is an async function, as an express middleware that waits for
// something is written today.
const express = require('express');

const app = express();
app.set('etag', false);
app.set('x-powered-by', false);

function use(step) {
  app.use((request, response, next) => { step(request, response).then(() => next(), next); });
}

use(async (request) => { request.state = begin(request.method, request.url, await readBody(request)); });
layers.forEach((layer) => use(async (request) => { layer.enter(request.state); }));
use((request) => handle(request.state));
layers.slice().reverse().forEach((layer) => use(async (request) => { layer.leave(request.state); }));
app.use((request, response) => {
  const state = request.state;
  response.status(state.status).set(state.headers).send(state.text);
});
// Four parameters: express knows by that whom to tell of errors.
app.use((error, request, response, next) => giveUp(error));

open(require('http').createServer(app), versionOf('express'));
