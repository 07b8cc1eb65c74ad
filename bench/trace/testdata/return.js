const p = Promise.resolve(42);

async function adopt() { return p; }
async function wait() { return await p; }
async function plain() { return 42; }

adopt().then(() => mark('return p'));
wait().then(() => mark('return await p'));
plain().then(() => mark('return 42'));
