resource "aws_vpc" "clients" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "targets" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "targets" {
  vpc_id            = aws_vpc.targets.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "us-east-1a"
}

resource "aws_security_group" "clients" {
  name   = "clients"
  vpc_id = aws_vpc.clients.id
}

data "aws_ec2_managed_prefix_list" "lattice" { name = "com.amazonaws.us-east-1.vpc-lattice" }

resource "aws_vpc_security_group_egress_rule" "lattice" {
  security_group_id = aws_security_group.clients.id
  prefix_list_id    = data.aws_ec2_managed_prefix_list.lattice.id
  from_port         = 80
  to_port           = 80
  ip_protocol       = "tcp"
}

resource "aws_vpclattice_service_network" "main" {
  name      = "main"
  auth_type = "AWS_IAM"
  tags      = { team = "network" }
}

resource "aws_vpclattice_service" "shop" {
  name               = "shop"
  auth_type          = "AWS_IAM"
  custom_domain_name = "shop.corp.internal"
  tags               = { team = "shop" }
}

resource "aws_vpclattice_target_group" "blue" {
  name = "blue"
  type = "IP"
  config {
    vpc_identifier   = aws_vpc.targets.id
    port             = 8080
    protocol         = "HTTP"
    protocol_version = "HTTP1"
    health_check {
      enabled                       = true
      health_check_interval_seconds = 20
      health_check_timeout_seconds  = 10
      healthy_threshold_count       = 7
      unhealthy_threshold_count     = 3
      matcher { value = "200-299" }
      path             = "/instance"
      port             = 8081
      protocol         = "HTTP"
      protocol_version = "HTTP1"
    }
  }
}

resource "aws_vpclattice_target_group" "green" {
  name = "green"
  type = "IP"
  config {
    vpc_identifier = aws_vpc.targets.id
    port           = 8080
    protocol       = "HTTP"
  }
}

resource "aws_vpclattice_target_group" "function" {
  name = "function"
  type = "LAMBDA"
  config { lambda_event_structure_version = "V2" }
}

resource "aws_vpclattice_target_group_attachment" "blue" {
  target_group_identifier = aws_vpclattice_target_group.blue.id
  target {
    id   = "10.0.1.10"
    port = 8080
  }
}

resource "aws_vpclattice_listener" "http" {
  name               = "http"
  protocol           = "HTTP"
  port               = 80
  service_identifier = aws_vpclattice_service.shop.id
  default_action {
    forward {
      target_groups {
        target_group_identifier = aws_vpclattice_target_group.blue.id
        weight                  = 90
      }
      target_groups {
        target_group_identifier = aws_vpclattice_target_group.green.id
        weight                  = 10
      }
    }
  }
  tags = { team = "shop" }
}

resource "aws_vpclattice_listener" "fixed" {
  name               = "fixed"
  protocol           = "HTTP"
  port               = 8080
  service_identifier = aws_vpclattice_service.shop.id
  default_action {
    fixed_response { status_code = 404 }
  }
}

resource "aws_vpclattice_listener_rule" "canary" {
  name                = "canary"
  listener_identifier = aws_vpclattice_listener.http.listener_id
  service_identifier  = aws_vpclattice_service.shop.id
  priority            = 20
  match {
    http_match {
      method = "GET"
      header_matches {
        name           = "x-canary"
        case_sensitive = false
        match { exact = "yes" }
      }
      path_match {
        case_sensitive = true
        match { prefix = "/orders" }
      }
    }
  }
  action {
    forward {
      target_groups {
        target_group_identifier = aws_vpclattice_target_group.green.id
        weight                  = 1
      }
    }
  }
}

resource "aws_vpclattice_listener_rule" "closed" {
  name                = "closed"
  listener_identifier = aws_vpclattice_listener.http.listener_id
  service_identifier  = aws_vpclattice_service.shop.id
  priority            = 10
  match {
    http_match {
      path_match {
        case_sensitive = false
        match { exact = "/closed" }
      }
    }
  }
  action {
    fixed_response { status_code = 404 }
  }
}

resource "aws_vpclattice_service_network_service_association" "shop" {
  service_identifier         = aws_vpclattice_service.shop.id
  service_network_identifier = aws_vpclattice_service_network.main.id
}

resource "aws_vpclattice_service_network_vpc_association" "clients" {
  vpc_identifier             = aws_vpc.clients.id
  service_network_identifier = aws_vpclattice_service_network.main.id
  security_group_ids         = [aws_security_group.clients.id]
}

locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "vpc-lattice-svcs:Invoke"
      Resource  = "*"
      Condition = { StringNotEqualsIgnoreCase = { "aws:PrincipalType" = "anonymous" } }
    }]
  })
}

resource "aws_vpclattice_auth_policy" "shop" {
  resource_identifier = aws_vpclattice_service.shop.arn
  policy              = local.policy
}

resource "aws_vpclattice_auth_policy" "main" {
  resource_identifier = aws_vpclattice_service_network.main.arn
  policy              = local.policy
}

resource "aws_vpclattice_resource_policy" "shop" {
  resource_arn = aws_vpclattice_service.shop.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = ["vpc-lattice:CreateServiceNetworkServiceAssociation", "vpc-lattice:GetService"]
      Resource  = aws_vpclattice_service.shop.arn
    }]
  })
}

resource "aws_vpclattice_access_log_subscription" "shop" {
  resource_identifier = aws_vpclattice_service.shop.id
  destination_arn     = "arn:aws:s3:::logs-of-shop"
}

resource "aws_vpclattice_resource_gateway" "targets" {
  name            = "targets"
  vpc_id          = aws_vpc.targets.id
  subnet_ids      = [aws_subnet.targets.id]
  ip_address_type = "IPV4"
}

resource "aws_vpclattice_resource_configuration" "database" {
  name                        = "database"
  resource_gateway_identifier = aws_vpclattice_resource_gateway.targets.id
  port_ranges                 = ["5432"]
  protocol                    = "TCP"
  resource_configuration_definition {
    ip_resource { ip_address = "10.0.1.20" }
  }
}

resource "aws_vpclattice_service_network_resource_association" "database" {
  resource_configuration_identifier = aws_vpclattice_resource_configuration.database.id
  service_network_identifier        = aws_vpclattice_service_network.main.id
}

resource "aws_route53_zone" "corp" {
  name = "corp.internal"
  vpc { vpc_id = aws_vpc.clients.id }
}

resource "aws_route53_record" "shop" {
  zone_id = aws_route53_zone.corp.zone_id
  name    = "shop"
  type    = "A"
  alias {
    name                   = aws_vpclattice_service.shop.dns_entry[0].domain_name
    zone_id                = aws_vpclattice_service.shop.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

data "aws_vpclattice_service" "by_name" { name = aws_vpclattice_service.shop.name }
data "aws_vpclattice_service_network" "main" { service_network_identifier = aws_vpclattice_service_network.main.id }
data "aws_vpclattice_listener" "http" {
  service_identifier  = aws_vpclattice_service.shop.id
  listener_identifier = aws_vpclattice_listener.http.listener_id
}
data "aws_vpclattice_auth_policy" "shop" { resource_identifier = aws_vpclattice_auth_policy.shop.resource_identifier }
data "aws_vpclattice_resource_policy" "shop" { resource_arn = aws_vpclattice_resource_policy.shop.resource_arn }
