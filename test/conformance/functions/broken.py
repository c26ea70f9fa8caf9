# A function whose module cannot be loaded: it needs one that is not there.

import a_module_that_nobody_has  # noqa: F401


def handler(event, context):
    return {"statusCode": 200}
