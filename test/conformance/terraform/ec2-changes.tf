variable "step" {
  type    = number
  default = 1
}
resource "aws_vpc" "main" {
  cidr_block           = "10.2.0.0/16"
  enable_dns_hostnames = var.step == 2
  tags                 = { Name = "step-${var.step}" }
}
resource "aws_subnet" "a" {
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.2.1.0/24"
  map_public_ip_on_launch = var.step == 2
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 80 + var.step
    to_port     = 80 + var.step
    protocol    = "tcp"
    cidr_blocks = ["10.${var.step}.0.0/16"]
    description = "step ${var.step}"
  }
}
resource "aws_security_group" "other" {
  name   = "other"
  vpc_id = aws_vpc.main.id
}
resource "aws_vpc_security_group_ingress_rule" "one" {
  security_group_id = aws_security_group.other.id
  cidr_ipv4         = "192.0.2.0/24"
  from_port         = 100 + var.step
  to_port           = 200
  ip_protocol       = "tcp"
}
resource "aws_ec2_managed_prefix_list" "office" {
  name           = "office-${var.step}"
  address_family = "IPv4"
  max_entries    = 5 + var.step
  entry { cidr = "192.0.${var.step}.0/24" }
}
resource "aws_route_table" "main" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}
resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }
resource "aws_main_route_table_association" "main" {
  vpc_id         = aws_vpc.main.id
  route_table_id = aws_route_table.main.id
}
resource "aws_instance" "web" {
  ami                     = "ami-0123456789abcdef0"
  instance_type           = var.step == 1 ? "t3.micro" : "t3.small"
  subnet_id               = aws_subnet.a.id
  disable_api_termination = false
  vpc_security_group_ids  = [aws_security_group.web.id]
  iam_instance_profile    = aws_iam_instance_profile.web[var.step - 1].name
  tags                    = { Name = "step-${var.step}" }
  metadata_options {
    http_tokens = var.step == 1 ? "optional" : "required"
  }
}
resource "aws_iam_role" "web" {
  name               = "ec2-changes-web"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_instance_profile" "web" {
  count = 2
  name  = "ec2-changes-web-${count.index}"
  role  = aws_iam_role.web.name
}
resource "aws_eip" "web" {
  instance = aws_instance.web.id
  domain   = "vpc"
}
resource "aws_network_acl" "main" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = var.step == 1 ? [] : [aws_subnet.a.id]
  ingress {
    protocol   = "tcp"
    rule_no    = 100 * var.step
    action     = "allow"
    cidr_block = "10.0.0.0/8"
    from_port  = 80
    to_port    = 80
  }
}
