#!/bin/sh
# The comparison of docs/gcrl.md: gcrl, igpt and simclr with equal steps and an HDGE classifier of equal time, on Fashion-MNIST at 14x14 and CIFAR-10 at 16x16. Build tools/hdge before (Release).
#   eng/measure-representations.sh FASHION MNIST NOTMNIST OUT                      folders of IDX files
#   eng/measure-representations.sh --cifar CIFAR10 SVHN CIFAR100 CELEBA OUT        a folder of CIFAR-binary files and three such files
# MINUTES (10), SEEDS (2) and LIMIT (all images) change the size; further arguments of `hdge represent` in MORE, such as "--epochs 1". With the defaults a data set takes about 4 rows x 2 seeds x 10 minutes.
set -eu
hdge="$(dirname "$0")/../tools/hdge/bin/Release/net10.0/Hdge.Cli.dll"
size="--minutes ${MINUTES:-10} --seeds ${SEEDS:-2} ${LIMIT:+--limit $LIMIT} ${MORE:-}"
if [ "$1" = --cifar ]; then
    exec dotnet exec "$hdge" represent --dataset "$2" --unknown "svhn=$3,cifar100=$4,celeba=$5,interp" $size --out "$6"
fi
exec dotnet exec "$hdge" represent --dataset "$1" --unknown "mnist=$2,notmnist=$3" $size --out "$4"
