variable "suffix" { default = "tf" }

provider "aws" {
  alias                   = "other"
  region                  = "us-east-1"
  access_key              = "333333333333"
  secret_key              = "secret"
  skip_metadata_api_check = true
  endpoints {
    route53 = var.endpoint
    ec2     = var.endpoint
    sts     = var.endpoint
    iam     = var.endpoint
  }
}

resource "aws_vpc" "a" { cidr_block = "10.0.0.0/16" }
resource "aws_vpc" "b" { cidr_block = "10.0.0.0/16" }
resource "aws_vpc" "theirs" {
  provider   = aws.other
  cidr_block = "10.0.0.0/16"
}

resource "aws_route53_zone" "public" {
  name    = "${var.suffix}.example.com"
  comment = "public"
  tags    = { team = "dns" }
}

resource "aws_route53_zone" "private" {
  name = "corp.${var.suffix}.internal"
  vpc { vpc_id = aws_vpc.a.id }
  tags = { team = "corp" }
  lifecycle { ignore_changes = [vpc] }
}

resource "aws_route53_zone_association" "b" {
  zone_id = aws_route53_zone.private.zone_id
  vpc_id  = aws_vpc.b.id
}

resource "aws_route53_vpc_association_authorization" "theirs" {
  zone_id = aws_route53_zone.private.zone_id
  vpc_id  = aws_vpc.theirs.id
}

resource "aws_route53_zone_association" "theirs" {
  provider = aws.other
  zone_id  = aws_route53_vpc_association_authorization.theirs.zone_id
  vpc_id   = aws_route53_vpc_association_authorization.theirs.vpc_id
}

resource "aws_vpclattice_service" "shop" {
  name               = "shop-${var.suffix}"
  custom_domain_name = "shop.corp.${var.suffix}.internal"
}

resource "aws_route53_record" "shop" {
  zone_id = aws_route53_zone.private.zone_id
  name    = "shop"
  type    = "A"
  alias {
    name                   = aws_vpclattice_service.shop.dns_entry[0].domain_name
    zone_id                = aws_vpclattice_service.shop.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "cname" {
  zone_id = aws_route53_zone.private.zone_id
  name    = "web.corp.${var.suffix}.internal"
  type    = "CNAME"
  ttl     = 60
  records = [aws_vpclattice_service.shop.dns_entry[0].domain_name]
}

resource "aws_route53_record" "simple" {
  for_each = {
    a     = { type = "A", records = ["192.0.2.1", "192.0.2.2"] }
    aaaa  = { type = "AAAA", records = ["2001:db8::1"] }
    txt   = { type = "TXT", records = ["v=spf1 -all", "a \\\"quoted\\\" text"] }
    mx    = { type = "MX", records = ["10 mail.example.com", "20 mail2.example.com"] }
    srv   = { type = "SRV", records = ["1 10 5269 xmpp.example.com."] }
    caa   = { type = "CAA", records = ["0 issue \"ca.example.net\""] }
    "*"   = { type = "A", records = ["192.0.2.3"] }
    under = { type = "NS", records = ["ns.example.net."] }
  }
  zone_id = aws_route53_zone.public.zone_id
  name    = "${each.key}.${var.suffix}.example.com"
  type    = each.value.type
  ttl     = 300
  records = each.value.records
}

resource "aws_route53_record" "weighted" {
  for_each       = { blue = 90, green = 10 }
  zone_id        = aws_route53_zone.public.zone_id
  name           = "weighted"
  type           = "A"
  ttl            = 5
  records        = ["192.0.2.${each.value}"]
  set_identifier = each.key
  weighted_routing_policy { weight = each.value }
}

resource "aws_route53_record" "inside" {
  zone_id = aws_route53_zone.public.zone_id
  name    = ""
  type    = "A"
  alias {
    name                   = aws_route53_record.simple["a"].fqdn
    zone_id                = aws_route53_zone.public.zone_id
    evaluate_target_health = true
  }
}

data "aws_route53_zone" "by_name" {
  name       = aws_route53_zone.public.name
  depends_on = [aws_route53_record.inside]
}

data "aws_route53_zone" "by_vpc" {
  name         = aws_route53_zone.private.name
  private_zone = true
  vpc_id       = aws_vpc.a.id
}

data "aws_route53_zones" "all" { depends_on = [aws_route53_zone.public] }

data "aws_route53_records" "all" {
  zone_id    = aws_route53_zone.public.zone_id
  depends_on = [aws_route53_record.inside]
}

output "zone" { value = data.aws_route53_zone.by_name.zone_id == aws_route53_zone.public.zone_id }
output "records" { value = length(data.aws_route53_records.all.resource_record_sets) }
