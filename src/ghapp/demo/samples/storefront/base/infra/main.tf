terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {}
}

resource "aws_ecs_cluster" "shop" {
  name = "storefront"
}

resource "aws_ecr_repository" "service" {
  for_each = toset(["catalog", "checkout"])
  name     = each.key
}
