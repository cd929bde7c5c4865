#!/bin/sh
# The row of the recordings' bench by FFmpeg: the logo and a text laid over four seconds, all of it encoded again.
# usage: overlay_ffmpeg.sh FILM LOGO OUT
exec ffmpeg -v error -y -i "$1" -i "$2" -filter_complex "[1]scale=280:-1[l];\
[0][l]overlay=1184:225:enable='between(t,1,5)',\
drawbox=1180:380:600:90:white:fill:enable='between(t,1,5)',\
drawtext=text='Jonathan Reed':x=1190:y=395:fontsize=64:enable='between(t,1,5)'" \
  -c:v libx264 -preset medium -crf 18 -c:a copy "$3"
