// A function whose module cannot be loaded: it needs one that is not there.

require('a-module-that-nobody-has');

exports.handler = async () => ({ statusCode: 200 });
