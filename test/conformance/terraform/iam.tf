data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "invoke" {
  statement {
    sid       = "Invoke"
    actions   = ["vpc-lattice-svcs:Invoke"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "vpc-lattice-svcs:RequestMethod"
      values   = ["GET", "HEAD"]
    }
  }
}

resource "aws_iam_role" "orders" {
  name                 = "orders"
  path                 = "/services/"
  description          = "calls orders"
  max_session_duration = 7200
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.invoke.arn
  tags                 = { team = "orders" }
}

resource "aws_iam_policy" "invoke" {
  name   = "invoke"
  policy = data.aws_iam_policy_document.invoke.json
}

resource "aws_iam_role_policy_attachment" "invoke" {
  role       = aws_iam_role.orders.name
  policy_arn = aws_iam_policy.invoke.arn
}

resource "aws_iam_role_policy" "inline" {
  name   = "inline"
  role   = aws_iam_role.orders.id
  policy = data.aws_iam_policy_document.invoke.json
}

resource "aws_iam_instance_profile" "orders" {
  name = "orders"
  role = aws_iam_role.orders.name
}

resource "aws_iam_user" "ann" {
  name = "ann"
  tags = { team = "people" }
}

resource "aws_iam_user_policy" "ann" {
  user   = aws_iam_user.ann.name
  policy = data.aws_iam_policy_document.invoke.json
}

resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = aws_iam_policy.invoke.arn
}

resource "aws_iam_access_key" "ann" { user = aws_iam_user.ann.name }

resource "aws_iam_openid_connect_provider" "builds" {
  url             = "https://token.builds.example.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["cf23df2207d99a74fbe169e3eba035e633b65d94"]
}

data "aws_iam_role" "orders" { name = aws_iam_role.orders.name }
data "aws_iam_user" "ann" { user_name = aws_iam_user.ann.name }
data "aws_iam_policy" "invoke" { arn = aws_iam_policy.invoke.arn }
