resource "aws_vpc" "main" { cidr_block = "10.1.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.1.1.0/24"
}
resource "aws_ec2_managed_prefix_list" "office" {
  name           = "office"
  address_family = "IPv4"
  max_entries    = 5
  entry {
    cidr        = "192.0.2.0/24"
    description = "first"
  }
}
resource "aws_ec2_managed_prefix_list" "other" {
  name           = "other"
  address_family = "IPv4"
  max_entries    = 5
}
resource "aws_ec2_managed_prefix_list_entry" "other" {
  cidr           = "198.51.100.0/24"
  prefix_list_id = aws_ec2_managed_prefix_list.other.id
}
data "aws_ec2_managed_prefix_list" "lattice" { name = "com.amazonaws.us-east-1.vpc-lattice" }
resource "aws_security_group" "inline" {
  name        = "inline"
  description = "inline rules"
  vpc_id      = aws_vpc.main.id
  ingress {
    description     = "web"
    from_port       = 80
    to_port         = 80
    protocol        = "tcp"
    cidr_blocks     = ["10.1.0.0/16", "10.2.0.0/16"]
    prefix_list_ids = [data.aws_ec2_managed_prefix_list.lattice.id]
  }
  ingress {
    from_port   = 8
    to_port     = 0
    protocol    = "icmp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
  tags = { Name = "inline" }
}
resource "aws_security_group" "bare" {
  name_prefix = "bare-"
  vpc_id      = aws_vpc.main.id
}
resource "aws_vpc_security_group_ingress_rule" "one" {
  security_group_id            = aws_security_group.bare.id
  referenced_security_group_id = aws_security_group.inline.id
  from_port                    = 443
  to_port                      = 443
  ip_protocol                  = "tcp"
  description                  = "tls"
  tags                         = { Name = "one" }
}
resource "aws_vpc_security_group_ingress_rule" "list" {
  security_group_id = aws_security_group.bare.id
  prefix_list_id    = aws_ec2_managed_prefix_list.office.id
  ip_protocol       = "-1"
}
resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.bare.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
resource "aws_security_group" "legacy" {
  name   = "legacy"
  vpc_id = aws_vpc.main.id
}
resource "aws_security_group_rule" "legacy" {
  type              = "ingress"
  security_group_id = aws_security_group.legacy.id
  from_port         = 22
  to_port           = 22
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/8"]
  description       = "ssh"
}
resource "aws_network_interface" "main" {
  subnet_id       = aws_subnet.a.id
  private_ips     = ["10.1.1.50"]
  security_groups = [aws_security_group.bare.id]
  description     = "mine"
}
resource "aws_eip" "main" {
  domain            = "vpc"
  network_interface = aws_network_interface.main.id
}
resource "aws_instance" "web" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.a.id
  private_ip             = "10.1.1.10"
  vpc_security_group_ids = [aws_security_group.inline.id]
  user_data              = "#!/bin/sh\necho hello\n"
  iam_instance_profile   = aws_iam_instance_profile.web.name
  tags                   = { Name = "web" }
}
resource "aws_iam_role" "web" {
  name               = "ec2-groups-web"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_instance_profile" "web" {
  name = "ec2-groups-web"
  role = aws_iam_role.web.name
}
resource "aws_instance" "eni" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.small"
  primary_network_interface {
    network_interface_id = aws_network_interface.main.id
  }
}
data "aws_security_group" "inline" { id = aws_security_group.inline.id }
data "aws_instance" "web" { instance_id = aws_instance.web.id }
data "aws_network_interface" "main" { id = aws_network_interface.main.id }
