terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}

variable "endpoint" { type = string }

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
  skip_region_validation  = true
  endpoints {
    ec2        = var.endpoint
    iam        = var.endpoint
    route53    = var.endpoint
    sts        = var.endpoint
    vpclattice = var.endpoint
  }
  default_tags { tags = { made-by = "terraform" } }
}
